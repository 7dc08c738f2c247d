-- One row is one document that the gate `records` has judged, with the fingerprint of what it was judged by.
{{ config(materialized='view') }}
select
    artefact,
    max(audit) as audit
from {{ ref('stg_record_judgement') }}
group by artefact
