-- One row is one indicator counted in one delivered list of loans: the debt at its date, or the lending of one year.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_old(ref('int_delivery'), 'delivery_version') }}"
) }}
with loan as (

    select
        int_loan.*,
        borrower_match_key as borrower_key,
        {{ year_of('signed_on') }} as signing_year
    from {{ ref('int_loan') }} as int_loan
    where
        period_end is not null
        and province_key is not null
        and delivery_version in (
            select missing.delivery_version from {{ missing_deliveries('loan') }} as missing
        )

),

spread as (

    -- the whole list, for what stands on its day
    select
        loan.*,
        'day' as counted_for,
        cast(null as date) as span_from,
        loan.period_end as span_to
    from loan
    union all
    -- each year's signings, for what was lent in it
    select
        loan.*,
        'year' as counted_for,
        {{ date_of('loan.signing_year', 1, 1) }} as span_from,
        least(loan.period_end, {{ date_of('loan.signing_year', 12, 31) }}) as span_to
    from loan
    where loan.signed_on <= loan.period_end

),

sheet_span as (

    select
        artefact,
        sheet,
        province_key,
        counted_for,
        span_from,
        span_to,
        period_end,
        {{ cells_spanned('cells') }} as cells
    from spread
    group by artefact, sheet, province_key, counted_for, span_from, span_to, period_end

),

delivery_span as (

    select
        artefact,
        province_key,
        counted_for,
        span_from,
        span_to,
        period_end,
        {{ joined('sheet', '; ', 'sheet') }} as sheet,
        {{ joined('cells', '; ', 'sheet') }} as cells
    from sheet_span
    group by artefact, province_key, counted_for, span_from, span_to, period_end

),

delivery as (

    select
        artefact,
        province_key,
        territory_key,
        counted_for,
        span_from,
        span_to,
        period_end,
        min(file) as file,
        min(programme) as programme,
        min(published_on) as published_on,
        min(known_on) as known_on,
        min(report_province) as report_province,
        min(case when fields like '%,outstanding_vnd,%' then 1 else 0 end) as has_outstanding,
        min(case when fields like '%,disbursed_vnd,%' then 1 else 0 end) as has_disbursed,
        min(case when fields like '%,amount_vnd,%' then 1 else 0 end) as has_amount,
        min(case when fields like '%,borrower,%' then 1 else 0 end) as has_borrower,
        count(*) as loans,
        count(outstanding_vnd) as n_outstanding,
        sum(cast(outstanding_vnd as decimal(22, 4))) as outstanding,
        count(disbursed_vnd) as n_disbursed,
        sum(cast(disbursed_vnd as decimal(22, 4))) as disbursed,
        count(amount_vnd) as n_amount,
        sum(cast(amount_vnd as decimal(22, 4))) as amount,
        count(borrower_key) as n_borrower,
        count(distinct borrower_key) as borrowers
    from spread
    group by artefact, province_key, territory_key, counted_for, span_from, span_to, period_end

),

counted as (

    select
        delivery.*,
        'loan_outstanding' as indicator,
        outstanding as value,
        n_outstanding as rows_counted,
        'Cộng cột dư nợ' as text_vi,
        'Sum of the column of debt outstanding' as text_en
    from delivery
    where counted_for = 'day' and has_outstanding = 1
    union all
    select
        delivery.*,
        'loan_disbursed' as indicator,
        case when has_disbursed = 1 then disbursed else amount end as value,
        case when has_disbursed = 1 then n_disbursed else n_amount end as rows_counted,
        case
            when has_disbursed = 1 then 'Cộng cột số tiền đã giải ngân của các hợp đồng ký trong năm'
            else 'Cộng cột số tiền vay của các hợp đồng ký trong năm'
        end as text_vi,
        case
            when has_disbursed = 1 then 'Sum of the money disbursed under contracts signed in the year'
            else 'Sum of the money lent under contracts signed in the year'
        end as text_en
    from delivery
    where counted_for = 'year' and (has_disbursed = 1 or has_amount = 1)
    union all
    select
        delivery.*,
        'loan_coops' as indicator,
        cast(borrowers as decimal(22, 4)) as value,
        n_borrower as rows_counted,
        'Đếm số bên vay khác nhau có hợp đồng ký trong năm' as text_vi,
        'Count of the different borrowers with a contract signed in the year' as text_en
    from delivery
    where counted_for = 'year' and has_borrower = 1

)

select
    {{ key_of(["'loan'", 'counted.artefact', 'counted.province_key', 'counted.period_end', 'counted.indicator',
               'counted.span_from', 'counted.span_to']) }} as result_key,
    counted.programme,
    counted.indicator,
    cast(null as string) as scope,
    cast(null as string) as scope_note,
    counted.province_key,
    counted.territory_key,
    counted.report_province as geography,
    'province' as geography_level,
    counted.span_from as period_start,
    counted.span_to as period_end,
    case when counted.rows_counted < counted.loans then 'ge' else 'eq' end as qualifier,
    counted.value,
    cast(null as decimal(22, 4)) as value_high,
    cast(null as decimal(22, 4)) as numerator,
    cast(null as decimal(22, 4)) as denominator,
    indicator.unit,
    'register' as origin,
    'register' as source_system,
    counted.published_on,
    counted.known_on,
    counted.artefact,
    counted.file,
    delivery_span.sheet,
    delivery_span.cells,
    {{ no_sentence() }},
    counted.text_vi
    || ' (' || cast(counted.rows_counted as string) || '/' || cast(counted.loans as string)
    || ' dòng có số liệu)' as computation_vi,
    counted.text_en
    || ' (' || cast(counted.rows_counted as string) || ' of ' || cast(counted.loans as string)
    || ' rows have a value)' as computation_en,
    cast(counted.rows_counted as bigint) as rows_counted,
    cast(null as string) as input_keys,
    delivery.delivery_version
from counted
inner join {{ missing_deliveries('loan') }} as delivery on counted.artefact = delivery.artefact
inner join delivery_span
    on
        counted.artefact = delivery_span.artefact
        and counted.province_key = delivery_span.province_key
        and counted.counted_for = delivery_span.counted_for
        and counted.span_from is not distinct from delivery_span.span_from
        and counted.span_to = delivery_span.span_to
        and counted.period_end = delivery_span.period_end
inner join {{ ref('indicators') }} as indicator on counted.indicator = indicator.code
where counted.value is not null
