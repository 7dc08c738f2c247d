-- One row is one value of an indicator table.
with source as (

    {{ accepted_records('indicator_report', 'cell') }}

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
        period_end
    from source

)

select * from renamed
