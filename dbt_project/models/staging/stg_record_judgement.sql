-- One row is one thing that the gate `records` said of one document: that it was judged, or an expectation that failed.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ forget_old(ref('stg_lake_file'), 'file_stamp') }}",
        "{{ name_lake_files('record_verdict', unread_files('record_verdict')) }}"
    ]
) }}
with source as (

    select
        record.*,
        file.file_stamp
    from {{ source('lake', 'record_verdict') }} as record
    inner join {{ ref('stg_lake_file') }} as file on record.filename = file.lake_file
    where
        {{ is_in_named_file('record.filename', 'record_verdict') }}
        and {{ is_lacking('file.file_stamp') }}

)

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
    reason_en,
    audit,
    file_stamp
from source
