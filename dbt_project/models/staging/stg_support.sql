-- One row is one grant or other support as one sheet reports it.
with source as (

    {{ accepted_records('support', 'cells') }}

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

        -- who was given what, by whose decision
        policy,
        beneficiary,
        kind,
        content,
        decision_no,
        decided_on,
        cast(amount_vnd as decimal(18, 0)) as amount_vnd,
        cast(disbursed_vnd as decimal(18, 0)) as disbursed_vnd,
        funding,
        district,
        commune
    from source

)

select * from renamed
