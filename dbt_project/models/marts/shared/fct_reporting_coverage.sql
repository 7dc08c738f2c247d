-- One row is one report that a province owes for one period, and what has come of it. Missing is never zero.
with delivered as (

    select
        sheet.artefact,
        province.territory_key,
        kind.record_type,
        sheet.period_end,
        sheet.known_on,
        kind.records
    from {{ ref('int_sheet_province') }} as sheet
    inner join {{ ref('dim_province') }} as province on sheet.province_key = province.province_key
    inner join {{ ref('int_sheet_records') }} as kind on sheet.artefact = kind.artefact and sheet.sheet = kind.sheet
    where coalesce(sheet.known_on <= {{ as_of() }}, true)

),

matched as (

    select
        owed.duty,
        owed.record_type,
        owed.province_key,
        owed.year,
        owed.period_start,
        owed.period_end,
        owed.due_on,
        owed.reporter_vi,
        owed.reporter_en,
        owed.legal_basis,
        count(distinct delivered.artefact) as documents,
        min(delivered.known_on) as received_on,
        coalesce(sum(delivered.records), 0) as records
    from {{ ref('int_reporting_period') }} as owed
    inner join {{ ref('dim_province') }} as province on owed.province_key = province.province_key
    left join delivered
        on
            province.territory_key = delivered.territory_key
            and owed.record_type = delivered.record_type
            -- a report of the year may be dated by the data year or by the calendar year
            and {{ reporting_end('owed.period_end') }} = {{ reporting_end('delivered.period_end') }}
    group by
        owed.duty, owed.record_type, owed.province_key, owed.year, owed.period_start, owed.period_end, owed.due_on,
        owed.reporter_vi, owed.reporter_en, owed.legal_basis

)

select
    {{ key_of(['duty', 'province_key', 'year']) }} as coverage_key,
    duty,
    record_type,
    province_key,
    year,
    period_start,
    period_end,
    due_on,
    reporter_vi,
    reporter_en,
    legal_basis,
    documents,
    received_on,
    cast(records as bigint) as records,
    case
        when records > 0 and received_on <= due_on then 'on_time'
        when records > 0 then 'late'
        when due_on >= {{ as_of() }} then 'not_due'
        else 'missing'
    end as status
from matched
