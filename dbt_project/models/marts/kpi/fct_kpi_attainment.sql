-- One row is one target and one period in which it is to be met, judged on the day the warehouse is asked for.
with answer as (

    select * from {{ ref('int_answer_level') }}
    union all
    select * from {{ ref('int_answer_flow') }}

),

joined as (

    select
        target.*,
        answer.result_key,
        answer.result_keys,
        coalesce(answer.results_used, 0) as results_used,
        answer.result_value,
        answer.result_value_high,
        answer.result_qualifier,
        answer.result_origin,
        answer.result_period_start,
        answer.result_period_end,
        coalesce(answer.is_complete, false) as is_complete,
        baseline.baseline_result_key,
        baseline.baseline_value,
        answer.held_result_key,
        answer.held_since,
        answer.held_reason_vi as result_held_reason_vi,
        answer.held_reason_en as result_held_reason_en,
        target.basis in ('flow_over_period', 'flow_per_year') as is_flow,
        least(
            answer.days_answered / {{ days_in('target.due_from', 'target.due_on') }}, 1
        ) as share_of_period
    from {{ ref('int_target_period') }} as target
    left join answer on target.attainment_key = answer.attainment_key
    left join {{ ref('int_baseline') }} as baseline on target.attainment_key = baseline.attainment_key

),

-- Where the result should be on the day it speaks for: on the straight line from where the way began to the bar.
-- A flow and growth begin at 0. A level begins at its baseline; one that began beyond the bar has to stay there.
-- Without a baseline a rising level is taken to begin at 0, a falling one at its bar.
expected as (

    select
        joined.*,
        cast(
            case
                when is_flow or basis = 'growth_per_year' then bar * share_of_period
                when baseline_value is null and sense = 'at_least' then bar * share_of_period
                when baseline_value is null then bar
                when sense = 'at_least'
                    then least(baseline_value, bar) + (bar - least(baseline_value, bar)) * share_of_period
                else greatest(baseline_value, bar) + (bar - greatest(baseline_value, bar)) * share_of_period
            end as decimal(22, 4)
        ) as expected_value
    from joined

),

compared as (

    select
        expected.*,
        {{ satisfies('sense', 'is_strict', 'bar', 'result_value', 'result_value_high', 'result_qualifier') }} as is_met,
        {{ satisfies('sense', 'false', 'expected_value', 'result_value', 'result_value_high', 'result_qualifier') }}
            as is_as_expected
    from expected

),

-- The statuses, each rule once, the first that holds.
judged as (

    select
        compared.*,
        case
            -- nothing to compare with: no bar, no period, no province, or the promise itself is held
            when not is_measurable then 'not_measurable'
            -- missing is never zero
            when result_value is null then 'no_data'
            -- a ceiling on a flow is kept only when the whole period is in
            when is_flow and sense = 'at_most' and is_met and is_over and is_complete then 'achieved'
            when is_flow and sense = 'at_most' and not is_met and is_over then 'missed'
            -- met before or at the end
            when not (is_flow and sense = 'at_most') and is_met then 'achieved'
            when is_over and is_complete then 'missed'
            -- the period is over and what was reported stops short of its end
            when is_over then 'no_data'
            when is_as_expected then 'on_track'
            else 'behind'
        end as status
    from compared

),

shown as (

    select
        judged.*,
        status in ('achieved', 'on_track', 'behind', 'missed') as has_result
    from judged

)

select
    shown.attainment_key,
    shown.target_key,
    {{ as_of() }} as evaluated_on,
    shown.programme,
    shown.indicator,
    shown.scope,
    shown.scope_note,
    shown.province_key,
    shown.basis,
    shown.due_from as period_start,
    shown.due_on as period_end,
    shown.qualifier,
    shown.value as target_value,
    shown.value_high as target_value_high,
    shown.unit,
    case when has_result then shown.result_key end as result_key,
    case when has_result then shown.result_keys end as result_keys,
    case when has_result then shown.results_used else 0 end as results_used,
    case when has_result then shown.result_value end as result_value,
    case when has_result then shown.result_qualifier end as result_qualifier,
    case when has_result then shown.result_origin end as result_origin,
    case when has_result then shown.result_period_start end as result_period_start,
    case when has_result then shown.result_period_end end as result_period_end,
    shown.baseline_result_key,
    shown.baseline_value,
    cast(
        case when has_result then shown.result_value / nullif(shown.bar, 0) end as decimal(22, 4)
    ) as ratio,
    cast(case when has_result then shown.result_value - shown.bar end as decimal(22, 4)) as gap,
    case when has_result then shown.expected_value end as expected_value,
    shown.status,
    has_result and shown.held_result_key is not null as is_stale,
    case when shown.held_result_key is not null then shown.held_since end as stale_since,
    shown.result_held_reason_vi as stale_reason_vi,
    shown.result_held_reason_en as stale_reason_en,
    shown.held_result_key,
    -- target, result and hold in one sentence of each language
    'Mục tiêu '
    || {{ qualifier_words('shown.qualifier', 'vi') }}
    || coalesce({{ number_text('shown.value', 'vi') }}, '(không có số)')
    || coalesce('–' || {{ number_text('shown.value_high', 'vi') }}, '')
    || coalesce(' từ ' || {{ day_text('shown.due_from') }}, '')
    || coalesce(' đến ' || {{ day_text('shown.due_on') }}, '')
    || '. '
    || case
        when shown.status = 'not_measurable'
            then coalesce('Mục tiêu bị giữ lại: ' || shown.held_reason_vi, 'Không đo được')
        when shown.result_value is null then 'Chưa có số liệu'
        else
            'Kết quả '
            || {{ qualifier_words('shown.result_qualifier', 'vi') }}
            || {{ number_text('shown.result_value', 'vi') }}
            || ' đến ' || {{ day_text('shown.result_period_end') }}
            || case
                when shown.results_used > 1 then ' (cộng ' || cast(shown.results_used as string) || ' số liệu)' else ''
            end
            || case when has_result then '' else ', chưa đủ để kết luận' end
    end
    || coalesce('. Số liệu mới hơn bị giữ lại: ' || shown.result_held_reason_vi, '')
    || '.' as evidence_vi,
    'Target '
    || {{ qualifier_words('shown.qualifier', 'en') }}
    || coalesce({{ number_text('shown.value', 'en') }}, '(no number)')
    || coalesce('–' || {{ number_text('shown.value_high', 'en') }}, '')
    || coalesce(' from ' || cast(shown.due_from as string), '')
    || coalesce(' to ' || cast(shown.due_on as string), '')
    || '. '
    || case
        when shown.status = 'not_measurable'
            then coalesce('The target is held: ' || shown.held_reason_en, 'Not measurable')
        when shown.result_value is null then 'No data yet'
        else
            'Result '
            || {{ qualifier_words('shown.result_qualifier', 'en') }}
            || {{ number_text('shown.result_value', 'en') }}
            || ' by ' || cast(shown.result_period_end as string)
            || case
                when shown.results_used > 1
                    then ' (sum of ' || cast(shown.results_used as string) || ' results)'
                else ''
            end
            || case when has_result then '' else ', which does not reach the end of the period' end
    end
    || coalesce('. A newer result is held: ' || shown.result_held_reason_en, '')
    || '.' as evidence_en
from shown
