-- One row is one document, row, field or statement that could not be read, with its place and what to do.
select
    quarantine.artefact,
    coalesce(quarantine.file, artefact.file) as file,
    quarantine.gate,
    quarantine.sheet,
    quarantine.place,
    quarantine.field,
    quarantine.expected,
    quarantine.found,
    quarantine.reason,
    quarantine.advice
from {{ ref('stg_quarantine') }} as quarantine
left join {{ ref('int_artefact') }} as artefact on quarantine.artefact = artefact.artefact
