-- One row is one loan as one sheet reports it at one reporting date.
{{ config(materialized='view') }}
with source as (

    {{ accepted_records('loan', 'cells') }}

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

        -- the loan
        fund,
        borrower,
        contract_no,
        purpose,
        signed_on,
        due_on,
        term_months,
        cast(interest_pct_year as decimal(9, 4)) as interest_pct_year,
        cast(amount_vnd as decimal(18, 0)) as amount_vnd,
        cast(disbursed_vnd as decimal(18, 0)) as disbursed_vnd,
        cast(outstanding_vnd as decimal(18, 0)) as outstanding_vnd,
        cast(overdue_vnd as decimal(18, 0)) as overdue_vnd
    from source

)

select * from renamed
