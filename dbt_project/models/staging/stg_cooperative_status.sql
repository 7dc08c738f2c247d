-- One row is one organisation as one sheet reports it at one reporting date.
{{ config(materialized='view') }}
with source as (

    {{ accepted_records('cooperative_status', 'cells') }}

),

renamed as (

    select
        -- where it stands
        artefact,
        lake_file,
        sheet,
        cells,
        row_no,
        layout,
        coalesce(hidden, false) as is_hidden,
        report_province,
        report_period_end,
        {{ list_text('fields') }} as fields,

        -- who it is
        name,
        coalesce(kind, 'cooperative') as kind,
        registration_no,
        tax_code,
        province as province_text,
        district,
        commune,
        address,
        sector,
        founded_on,
        founded_on_precision,
        status,

        -- how it fares
        members,
        workers,
        cast(charter_capital_vnd as decimal(18, 0)) as charter_capital_vnd,
        cast(revenue_vnd as decimal(18, 0)) as revenue_vnd,
        cast(profit_vnd as decimal(18, 0)) as profit_vnd,
        cast(income_per_worker_month_vnd as decimal(18, 0)) as income_per_worker_month_vnd,
        rating,
        linked,
        high_tech,
        gap_certified,
        ocop_stars
    from source

)

select * from renamed
