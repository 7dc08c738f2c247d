-- One row is one promise, in one revision, that the KPI gate has yet to judge.
with from_bulletin as (

    select
        {{ key_of(["'bulletin target'", 'statement.artefact', 'statement.ordinal']) }} as target_key,
        artefact.programme,
        statement.indicator,
        statement.scope,
        statement.scope_note,
        place.province_key,
        place.territory_key,
        statement.geography,
        statement.geography_level,
        statement.per,
        coalesce(statement.period_start, programme.starts_on) as period_start,
        coalesce(statement.period_end, statement.as_of, programme.ends_on) as period_end,
        statement.qualifier,
        statement.value,
        statement.value_high,
        statement.unit,
        artefact.published_on,
        'bulletin' as origin,
        artefact.source_system,
        statement.artefact,
        artefact.file,
        cast(null as string) as sheet,
        cast(null as string) as cells,
        statement.quote,
        statement.span_start,
        statement.span_end,
        statement.sentence,
        cast(null as string) as derivation_vi,
        cast(null as string) as derivation_en,
        cast(null as string) as input_keys
    from {{ ref('stg_statement') }} as statement
    inner join {{ ref('int_artefact') }} as artefact on statement.artefact = artefact.artefact
    inner join {{ ref('int_statement_place') }} as mention
        on statement.artefact = mention.artefact and statement.ordinal = mention.ordinal
    left join {{ ref('int_place') }} as place
        on mention.place_text = place.place_text and mention.on_date = place.on_date
    left join {{ ref('int_programme') }} as programme on artefact.programme = programme.programme
    where
        statement.kind = 'target'
        and not statement.in_review
        and statement.indicator is not null

),

from_report as (

    select
        {{ key_of(["'report target'", 'report.artefact', 'report.sheet', 'report.cell', 'report.indicator']) }}
            as target_key,
        sheet.programme,
        report.indicator,
        report.scope,
        cast(null as string) as scope_note,
        sheet.province_key,
        sheet.territory_key,
        report.report_province as geography,
        'province' as geography_level,
        cast(null as string) as per,
        report.period_start,
        report.period_end,
        'eq' as qualifier,
        report.value,
        cast(null as decimal(22, 4)) as value_high,
        coalesce(report.unit, indicator.unit) as unit,
        sheet.published_on,
        'report' as origin,
        sheet.source_system,
        report.artefact,
        sheet.file,
        report.sheet,
        report.cell as cells,
        {{ no_sentence() }},
        cast(null as string) as derivation_vi,
        cast(null as string) as derivation_en,
        cast(null as string) as input_keys
    from {{ ref('stg_indicator_report') }} as report
    inner join {{ ref('int_sheet_province') }} as sheet
        on
            report.artefact = sheet.artefact
            and report.sheet = sheet.sheet
            and report.report_province is not distinct from sheet.report_province
            and report.report_period_end is not distinct from sheet.report_period_end
    inner join {{ ref('indicators') }} as indicator on report.indicator = indicator.code
    where report.kind = 'plan' and report.value is not null

),

promise as (

    select * from from_bulletin
    union all
    select * from from_report
    union all
    select * from {{ ref('int_target_implied') }}

),

measured as (

    select
        promise.*,
        indicator.measure,
        case
            when indicator.code is null or promise.period_end is null or promise.value is null then 'not_measurable'
            when indicator.measure = 'growth' then 'growth_per_year'
            when indicator.measure = 'flow' and promise.per = 'year' then 'flow_per_year'
            when indicator.measure = 'flow' and promise.period_start is null then 'not_measurable'
            when indicator.measure = 'flow' then 'flow_over_period'
            when promise.per = 'year' then 'level_per_year'
            else 'level_at_end'
        end as basis,
        case
            when indicator.unit = 'percent' then 'percent'
            when indicator.unit like 'VND%' then 'money'
            when indicator.unit is not null then 'count'
        end as unit_family_expected,
        case
            when promise.unit = 'percent' then 'percent'
            when promise.unit like 'VND%' then 'money'
            when promise.unit is not null then 'count'
        end as unit_family,
        plausibility.plausible_low,
        plausibility.plausible_high
    from promise
    left join {{ ref('indicators') }} as indicator on promise.indicator = indicator.code
    left join {{ ref('indicator_plausibility') }} as plausibility on promise.indicator = plausibility.indicator

)

select
    measured.*,
    {{ kpi_cell(
        'programme', 'indicator', 'scope', 'scope_note', 'province_key', 'geography', "'period'", 'period_start',
        'period_end'
    ) }} as kpi_cell,
    {{ scope_key('scope', 'scope_note', 'target_key') }} as scope_key
from measured
where coalesce(published_on <= {{ as_of() }}, true)
