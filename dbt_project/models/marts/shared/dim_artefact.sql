-- One row is one original file as received.
select
    artefact,
    source,
    file,
    kind,
    title,
    published_on,
    province_key,
    province_text,
    publisher,
    source_system,
    programme,
    programme_text,
    same_cells_as,
    status,
    records,
    statements,
    quarantined,
    ignored
from {{ ref('int_artefact') }}
