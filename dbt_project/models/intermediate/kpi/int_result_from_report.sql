-- One row is one result or estimate that a cell of an indicator table states.
select
    {{ key_of(["'report'", 'report.artefact', 'report.sheet', 'report.cell', 'report.indicator']) }} as result_key,
    sheet.programme,
    report.indicator,
    report.scope,
    cast(null as string) as scope_note,
    sheet.province_key,
    sheet.territory_key,
    report.report_province as geography,
    'province' as geography_level,
    case when indicator.measure <> 'level' then report.period_start end as period_start,
    coalesce(report.period_end, sheet.period_end) as period_end,
    case when report.kind = 'estimate' then 'approx' else 'eq' end as qualifier,
    report.value,
    cast(null as decimal(22, 4)) as value_high,
    cast(null as decimal(22, 4)) as numerator,
    cast(null as decimal(22, 4)) as denominator,
    coalesce(report.unit, indicator.unit) as unit,
    'report' as origin,
    sheet.source_system,
    sheet.published_on,
    sheet.known_on,
    report.artefact,
    sheet.file,
    report.sheet,
    report.cell as cells,
    {{ no_sentence() }},
    cast(null as string) as computation_vi,
    cast(null as string) as computation_en,
    cast(null as bigint) as rows_counted,
    cast(null as string) as input_keys
from {{ ref('stg_indicator_report') }} as report
inner join {{ ref('int_sheet_province') }} as sheet
    on
        report.artefact = sheet.artefact
        and report.sheet = sheet.sheet
        and report.report_province is not distinct from sheet.report_province
        and report.report_period_end is not distinct from sheet.report_period_end
inner join {{ ref('indicators') }} as indicator on report.indicator = indicator.code
where
    report.kind in ('result', 'estimate')
    and report.value is not null
