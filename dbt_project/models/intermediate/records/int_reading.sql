-- One row is one document, with a version that is another one once it was read or judged again.
select
    artefact.artefact,
    {{ number_of(['artefact.artefact', 'artefact.reader_version', 'audit.audit']) }} as reading_version
from {{ ref('stg_artefact') }} as artefact
left join {{ ref('stg_record_audit') }} as audit on artefact.artefact = audit.artefact
