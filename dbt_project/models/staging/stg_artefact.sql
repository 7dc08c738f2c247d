-- One row is one original file as received.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_old_files('artefact') }}"
) }}
with source as (

    select
        record.*,
        file.file_stamp
    from {{ source('lake', 'artefact') }} as record
    inner join {{ lake_files('artefact') }} as file on record.filename = file.filename
    where {{ is_of_unread_file('record.filename', 'artefact') }}

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
        reader_version,
        file_stamp
    from source

)

select * from renamed
