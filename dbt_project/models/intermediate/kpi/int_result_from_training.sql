-- One row is the classes or the learners of one delivered list of classes, for one calendar year or all its years.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_old(ref('int_delivery'), 'delivery_version') }}"
) }}
with class as (

    select
        int_training_class.*,
        -- a class without a date is of the year that the sheet reports on
        {{ year_of('coalesce(starts_on, period_end)') }} as class_year
    from {{ ref('int_training_class') }} as int_training_class
    where
        period_end is not null
        and province_key is not null
        and delivery_version in (
            select missing.delivery_version from {{ missing_deliveries('training_class') }} as missing
        )

),

bounds as (

    select
        artefact,
        province_key,
        period_end,
        min(class_year) as first_year,
        max(class_year) as last_year
    from class
    group by artefact, province_key, period_end

),

spread as (

    select
        class.*,
        {{ date_of('class.class_year', 1, 1) }} as span_from,
        least(class.period_end, {{ date_of('class.class_year', 12, 31) }}) as span_to
    from class
    where class.class_year <= {{ year_of('class.period_end') }}
    union all
    select
        class.*,
        {{ date_of('bounds.first_year', 1, 1) }} as span_from,
        class.period_end as span_to
    from class
    inner join bounds
        on
            class.artefact = bounds.artefact
            and class.province_key = bounds.province_key
            and class.period_end = bounds.period_end
    where bounds.first_year < bounds.last_year and class.class_year <= {{ year_of('class.period_end') }}

),

sheet_total as (

    select
        artefact,
        sheet,
        province_key,
        territory_key,
        report_scope as scope,
        span_from,
        span_to,
        period_end,
        min(file) as file,
        min(programme) as programme,
        min(published_on) as published_on,
        min(known_on) as known_on,
        min(report_province) as report_province,
        {{ cells_spanned('cells') }} as cells,
        min(case when fields like '%,learners,%' then 1 else 0 end) as has_learners,
        count(*) as classes,
        count(learners) as classes_with_learners,
        sum(cast(learners as decimal(22, 4))) as learners
    from spread
    group by artefact, sheet, province_key, territory_key, report_scope, span_from, span_to, period_end

),

delivery as (

    select
        artefact,
        province_key,
        territory_key,
        scope,
        span_from,
        span_to,
        period_end,
        min(file) as file,
        min(programme) as programme,
        min(published_on) as published_on,
        min(known_on) as known_on,
        min(report_province) as report_province,
        {{ joined('sheet', '; ', 'sheet') }} as sheet,
        {{ joined('cells', '; ', 'sheet') }} as cells,
        min(has_learners) as has_learners,
        sum(classes) as classes,
        sum(classes_with_learners) as classes_with_learners,
        sum(learners) as learners
    from sheet_total
    group by artefact, province_key, territory_key, scope, span_from, span_to, period_end

),

counted as (

    select
        delivery.*,
        'training_classes' as indicator,
        cast(classes as decimal(22, 4)) as value,
        classes as rows_counted,
        'Đếm số lớp trong danh sách' as text_vi,
        'Count of the classes in the list' as text_en
    from delivery
    union all
    select
        delivery.*,
        'training_learners' as indicator,
        cast(learners as decimal(22, 4)) as value,
        classes_with_learners as rows_counted,
        'Cộng cột số học viên' as text_vi,
        'Sum of the column of learners' as text_en
    from delivery
    where has_learners = 1

)

select
    {{ key_of(["'training'", 'counted.artefact', 'counted.province_key', 'counted.period_end', 'counted.indicator',
               'counted.span_from', 'counted.span_to', 'counted.scope']) }} as result_key,
    counted.programme,
    counted.indicator,
    counted.scope,
    cast(null as string) as scope_note,
    counted.province_key,
    counted.territory_key,
    counted.report_province as geography,
    'province' as geography_level,
    counted.span_from as period_start,
    counted.span_to as period_end,
    case when counted.rows_counted < counted.classes then 'ge' else 'eq' end as qualifier,
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
    counted.sheet,
    counted.cells,
    {{ no_sentence() }},
    counted.text_vi
    || ' (' || cast(counted.rows_counted as string) || '/' || cast(counted.classes as string)
    || ' dòng có số liệu)' as computation_vi,
    counted.text_en
    || ' (' || cast(counted.rows_counted as string) || ' of ' || cast(counted.classes as string)
    || ' rows have a value)' as computation_en,
    cast(counted.rows_counted as bigint) as rows_counted,
    cast(null as string) as input_keys,
    delivery.delivery_version
from counted
inner join {{ missing_deliveries('training_class') }} as delivery on counted.artefact = delivery.artefact
inner join {{ ref('indicators') }} as indicator on counted.indicator = indicator.code
where counted.value is not null
