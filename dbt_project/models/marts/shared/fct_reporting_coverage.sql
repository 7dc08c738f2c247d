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

-- A workbook that could not be read says of no report that it came, only that something of the province did.
unread as (

    select
        province.territory_key,
        artefact.artefact,
        artefact.published_on
    from {{ ref('int_artefact') }} as artefact
    inner join {{ ref('dim_province') }} as province on artefact.province_key = province.province_key
    where artefact.status = 'quarantined' and artefact.published_on <= {{ as_of() }}

),

unread_of_report as (

    select
        owed.duty,
        owed.province_key,
        owed.year,
        count(distinct unread.artefact) as unread_documents
    from {{ ref('int_reporting_period') }} as owed
    inner join {{ ref('dim_province') }} as province on owed.province_key = province.province_key
    inner join unread
        on
            province.territory_key = unread.territory_key
            and owed.period_end < unread.published_on
            and unread.published_on <= {{ day_after('owed.period_end', 365) }}
    group by owed.duty, owed.province_key, owed.year

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
        owed.due_rests_on,
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
        owed.reporter_vi, owed.reporter_en, owed.legal_basis, owed.due_rests_on

)

select
    {{ key_of(['matched.duty', 'matched.province_key', 'matched.year']) }} as coverage_key,
    matched.duty,
    matched.record_type,
    matched.province_key,
    matched.year,
    matched.period_start,
    matched.period_end,
    matched.due_on,
    matched.reporter_vi,
    matched.reporter_en,
    matched.legal_basis,
    matched.due_rests_on,
    matched.documents,
    matched.received_on,
    cast(matched.records as bigint) as records,
    coalesce(unread_of_report.unread_documents, 0) as unread_documents,
    case
        when matched.records > 0 and matched.received_on <= matched.due_on then 'on_time'
        when matched.records > 0 then 'late'
        when matched.due_on >= {{ as_of() }} then 'not_due'
        else 'missing'
    end as status
from matched
left join unread_of_report
    on
        matched.duty = unread_of_report.duty
        and matched.province_key = unread_of_report.province_key
        and matched.year = unread_of_report.year
