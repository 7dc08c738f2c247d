-- One row is one original file as received.
with source as (

    select * from {{ source('lake', 'artefact') }}

),

renamed as (

    select
        artefact,
        source,
        file,
        kind,
        media_type,
        size_bytes,
        status,
        title,
        published_on,
        province as province_text,
        publisher,
        programme_text,
        content_fingerprint,
        records,
        statements,
        quarantined,
        ignored,
        reader_version
    from source

)

select * from renamed
