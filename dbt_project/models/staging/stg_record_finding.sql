-- One row is one row of a sheet, one statement or one document that failed one expectation of the gate `records`.
{{ config(materialized='view') }}
select
    artefact,
    record_type,
    sheet,
    place,
    suite,
    expectation,
    severity,
    effect,
    field,
    found,
    found_vi,
    expected_vi,
    expected_en,
    reason_vi,
    reason_en
from {{ ref('stg_record_judgement') }}
where expectation is not null
