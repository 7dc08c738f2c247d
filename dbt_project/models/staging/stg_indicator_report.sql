-- One row is one value of an indicator table.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ forget_old(ref('int_reading'), 'reading_version') }}",
        "{{ name_files('indicator_report', missing_readings('indicator_report')) }}"
    ]
) }}
with source as (

    {{ accepted_records('indicator_report', 'cell') }}

),

missing as (

    select
        source.*,
        reading.reading_version
    from source
    inner join {{ missing_readings('indicator_report') }} as reading on source.artefact = reading.artefact
    where {{ is_in_named_file('source.lake_file', 'indicator_report') }}

),

renamed as (

    select
        -- where it stands
        artefact,
        sheet,
        cells,
        cell,
        row_no,
        layout,
        coalesce(hidden, false) as is_hidden,
        report_province,
        report_period_end,

        -- what is measured
        indicator_text,
        indicator,
        scope,
        parent,
        unit_text,
        unit,
        cast(value as decimal(22, 4)) as value,
        kind,
        period_start,
        period_end,

        reading_version
    from missing

)

select * from renamed
