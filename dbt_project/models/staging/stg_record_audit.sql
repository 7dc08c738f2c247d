-- One row is one document that the gate `records` has judged, with the fingerprint of what it was judged by.
with source as (

    select * from {{ source('lake', 'record_verdict') }}

)

select
    artefact,
    max(audit) as audit
from source
group by artefact
