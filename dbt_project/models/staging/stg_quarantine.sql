-- One row is one document, row, field or statement that could not be read.
with source as (

    select * from {{ source('lake', 'quarantine') }}

),

renamed as (

    select
        artefact,
        file,
        gate,
        sheet,
        place,
        field,
        expected,
        expected_vi,
        found,
        found_vi,
        reason,
        reason_vi,
        advice,
        advice_vi
    from source

)

select * from renamed
