-- One row is one original file as received.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ forget_old(ref('stg_lake_file'), 'file_stamp') }}",
        "{{ name_lake_files('artefact', unread_files('artefact')) }}"
    ]
) }}
with source as (

    select
        record.*,
        file.file_stamp
    from {{ source('lake', 'artefact') }} as record
    inner join {{ ref('stg_lake_file') }} as file on record.filename = file.lake_file
    where
        {{ is_in_named_file('record.filename', 'artefact') }}
        and {{ is_lacking('file.file_stamp') }}

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
