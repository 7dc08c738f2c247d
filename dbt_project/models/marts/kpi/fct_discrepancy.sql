-- One row is one claim that differs from the claim chosen for the same indicator, scope, province and period.
with claim as (

    select
        result.*,
        coalesce(result.programme, '') as programme_or_none,
        row_number() over cell as place,
        first_value(result.result_key) over cell as chosen_key
    from {{ ref('int_kpi_result') }} as result
    where not result.is_held and result.value is not null and result.province_key is not null
    window cell as (
        partition by
            result.indicator, result.scope_key, result.province_key, result.programme, result.reporting_start,
            result.reporting_end
        order by result.precedence asc, result.known_on desc, result.result_key asc
    )

),

compared as (

    select
        chosen.programme,
        chosen.indicator,
        chosen.scope,
        chosen.scope_note,
        chosen.province_key,
        chosen.period_start,
        chosen.period_end,
        chosen.unit,
        chosen.result_key as chosen_result_key,
        chosen.value as chosen_value,
        chosen.origin as chosen_origin,
        chosen.source_system as chosen_source_system,
        chosen.precedence as chosen_precedence,
        chosen.known_on as chosen_known_on,
        other.result_key as other_result_key,
        other.value as other_value,
        other.origin as other_origin,
        other.source_system as other_source_system,
        other.precedence as other_precedence,
        other.known_on as other_known_on,
        -- "about 2,000" and 2,014, "more than 99" and 101 do not contradict each other
        case
            when other.qualifier in ('gt', 'ge') then chosen.value >= other.value
            when other.qualifier in ('lt', 'le') then chosen.value <= other.value
            when chosen.qualifier in ('gt', 'ge') then other.value >= chosen.value
            when chosen.qualifier in ('lt', 'le') then other.value <= chosen.value
            when 'approx' in (chosen.qualifier, other.qualifier)
                then abs(other.value - chosen.value) <= 0.05 * abs(chosen.value)
            else false
        end as is_explained_by_wording
    from claim as other
    inner join claim as chosen on other.chosen_key = chosen.result_key
    where other.place > 1 and other.value <> chosen.value

)

select
    {{ key_of(["'discrepancy'", 'chosen_result_key', 'other_result_key']) }} as discrepancy_key,
    programme,
    indicator,
    scope,
    scope_note,
    province_key,
    period_start,
    period_end,
    unit,
    chosen_result_key,
    chosen_value,
    chosen_origin,
    chosen_source_system,
    other_result_key,
    other_value,
    other_origin,
    other_source_system,
    cast(other_value - chosen_value as decimal(22, 4)) as difference,
    cast(100.0 * (other_value - chosen_value) / nullif(chosen_value, 0) as decimal(22, 4)) as difference_pct,
    is_explained_by_wording,
    chosen_source_system = other_source_system as is_same_system,
    case
        when chosen_precedence < other_precedence then 'precedence'
        when chosen_known_on > other_known_on then 'newest'
        else 'key'
    end as chosen_by,
    cast({{ days_in('least(chosen_known_on, other_known_on)', as_of()) }} - 1 as bigint) as age_days
from compared
