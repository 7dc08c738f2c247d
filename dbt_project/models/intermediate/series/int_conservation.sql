-- One row is one additive number of the whole country, added up over the provinces as reported and over today's: the
-- merger moves a number to another province and makes or loses none.
with kpi as (

    select
        'kpi ' || series.indicator || ' ' || series.scope_key || ' ' || series.source_system as measure,
        coalesce(cast(series.reporting_start as string), '') || '..' || cast(series.reporting_end as string) as period,
        sum(series.value) as reported
    from {{ ref('int_kpi_series') }} as series
    where series.additive = 'yes' and series.speaks_for_province and not series.is_held
    group by series.indicator, series.scope_key, series.source_system, series.reporting_start, series.reporting_end

),

kpi_restated as (

    select
        'kpi ' || restated.indicator || ' ' || restated.scope_key || ' ' || restated.source_system as measure,
        coalesce(cast(restated.reporting_start as string), '') || '..'
        || cast(restated.reporting_end as string) as period,
        sum(restated.value) as restated
    from {{ ref('int_kpi_restated') }} as restated
    where restated.additive = 'yes' and not restated.is_held
    group by
        restated.indicator, restated.scope_key, restated.source_system, restated.reporting_start,
        restated.reporting_end

),

record as (

    select
        'rows of fct_cooperative_status' as measure,
        cast(period_end as string) as period,
        province_key,
        current_province_key,
        count(*) as amount
    from {{ ref('int_cooperative_status') }}
    group by period_end, province_key, current_province_key
    union all
    select
        'rows of fct_training_class' as measure,
        cast(period_end as string) as period,
        province_key,
        current_province_key,
        count(*) as amount
    from {{ ref('fct_training_class') }}
    group by period_end, province_key, current_province_key
    union all
    select
        'debt of fct_finance_loan' as measure,
        cast(period_end as string) as period,
        province_key,
        current_province_key,
        coalesce(sum(outstanding_vnd), 0) as amount
    from {{ ref('fct_finance_loan') }}
    group by period_end, province_key, current_province_key
    union all
    select
        'money of fct_finance_support' as measure,
        cast(period_end as string) as period,
        province_key,
        current_province_key,
        coalesce(sum(amount_vnd), 0) as amount
    from {{ ref('fct_finance_support') }}
    group by period_end, province_key, current_province_key

)

select
    kpi.measure,
    kpi.period,
    cast(kpi.reported as decimal(22, 4)) as reported,
    cast(coalesce(kpi_restated.restated, 0) as decimal(22, 4)) as restated,
    cast(kpi.reported - coalesce(kpi_restated.restated, 0) as decimal(22, 4)) as lost
from kpi
left join kpi_restated on kpi.measure = kpi_restated.measure and kpi.period = kpi_restated.period
union all
select
    measure,
    period,
    cast(sum(case when province_key is not null then amount else 0 end) as decimal(22, 4)) as reported,
    cast(sum(case when current_province_key is not null then amount else 0 end) as decimal(22, 4)) as restated,
    cast(
        sum(case when province_key is not null then amount else 0 end)
        - sum(case when current_province_key is not null then amount else 0 end) as decimal(22, 4)
    ) as lost
from record
group by measure, period
