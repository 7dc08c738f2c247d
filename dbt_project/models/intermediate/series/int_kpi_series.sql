-- One row is one number of one series: indicator, scope, province in its form of the time, period, counting system and
-- programme; of several claims the declared precedence chooses, then the newest delivery.
with claim as (

    select
        result.*,
        indicator.additive,
        row_number() over (
            partition by
                result.indicator, result.scope_key, result.province_key, result.reporting_start, result.reporting_end,
                result.source_system, result.programme
            order by result.precedence asc, result.known_on desc, result.result_key asc
        ) as choice,
        count(*) over (
            partition by
                result.indicator, result.scope_key, result.province_key, result.reporting_start, result.reporting_end,
                result.source_system, result.programme
        ) as claims
    from {{ ref('int_kpi_result') }} as result
    inner join {{ ref('indicators') }} as indicator on result.indicator = indicator.code
    where
        not result.is_held
        and result.value is not null
        and result.province_key is not null
        and result.period_end is not null

),

chosen as (

    select
        claim.*,
        -- Two schemes of one province that report the same indicator are not added, nor is one taken for the province:
        -- their overlap is unknown.
        count(*) over cell as series_of_cell,
        sum(case when claim.programme is null then 1 else 0 end) over cell as series_of_province
    from claim
    where claim.choice = 1
    window cell as (
        partition by
            claim.indicator, claim.scope_key, claim.province_key, claim.reporting_start, claim.reporting_end,
            claim.source_system
    )

)

select
    chosen.*,
    chosen.programme is null or (chosen.series_of_province = 0 and chosen.series_of_cell = 1) as speaks_for_province,
    province.current_province_key,
    province.valid_from as form_from
from chosen
inner join {{ ref('dim_province') }} as province on chosen.province_key = province.province_key
