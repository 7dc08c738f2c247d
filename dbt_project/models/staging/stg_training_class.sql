-- One row is one training class as one sheet reports it.
{{ config(materialized='view') }}
with source as (

    {{ accepted_records('training_class', 'cells') }}

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
        report_scope,
        report_period_end,
        {{ list_text('fields') }} as fields,

        -- what was taught to whom
        title,
        topic,
        organiser,
        place,
        starts_on,
        ends_on,
        learners,
        female,
        ethnic_minority,
        managers,
        cast(budget_vnd as decimal(18, 0)) as budget_vnd,
        funding
    from source

)

select * from renamed
