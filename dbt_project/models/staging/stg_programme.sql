-- One row is one programme: of the registry, or known only from the index of a folder.
with source as (

    select * from {{ source('lake', 'programme') }}

),

renamed as (

    select
        programme,
        name_vi,
        name_en,
        province as province_text,
        starts_on,
        ends_on,
        legal_basis,
        publisher,
        aliases,
        coalesce(registered, false) as registered
    from source

)

select * from renamed
