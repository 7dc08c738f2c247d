-- One row is one row of a sheet, one statement or one document that failed one expectation of the gate `records`.
with source as (

    select * from {{ source('lake', 'record_verdict') }}

),

renamed as (

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
        expected_vi,
        expected_en,
        reason_vi,
        reason_en
    from source
    where expectation is not null

)

select * from renamed
