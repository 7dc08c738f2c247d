-- One row is one target and one period in which it is to be met, judged on the day the warehouse is asked for, as if
-- what the gates hold were not there; where a held claim would have been used, the row says so.
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
        answer.held_reason_vi as held_result_reason_vi,
        answer.held_reason_en as held_result_reason_en,
        -- of a held result and a held promise the result is named
        coalesce(answer.held_since, target.held_target_since) as stale_since,
        coalesce(answer.held_by, target.held_target_by) as stale_expectation,
        coalesce(answer.held_artefact, target.held_target_artefact) as stale_artefact,
        coalesce(answer.held_reason_vi, target.held_target_reason_vi) as stale_reason_vi,
        coalesce(answer.held_reason_en, target.held_target_reason_en) as stale_reason_en,
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
        status in ('achieved', 'on_track', 'behind', 'missed') as is_compared,
        coalesce(is_held, false) or (held_result_key is not null and result_value is null) as is_without_number,
        (held_target_key is not null and not coalesce(is_held, false))
        or (held_result_key is not null and result_value is not null) as is_last_accepted
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
    shown.result_key,
    shown.result_keys,
    shown.results_used,
    shown.result_value,
    case when shown.result_value is not null then shown.result_qualifier end as result_qualifier,
    shown.result_origin,
    shown.result_period_start,
    shown.result_period_end,
    shown.baseline_result_key,
    shown.baseline_value,
    cast(
        case when shown.is_compared then shown.result_value / nullif(shown.bar, 0) end as decimal(22, 4)
    ) as ratio,
    cast(case when shown.is_compared then shown.result_value - shown.bar end as decimal(22, 4)) as gap,
    case when shown.is_compared then shown.expected_value end as expected_value,
    shown.status,
    shown.is_last_accepted as is_stale,
    shown.is_without_number as is_held,
    shown.stale_since,
    cast({{ days_in('shown.stale_since', as_of()) }} - 1 as bigint) as stale_days,
    shown.stale_expectation,
    shown.stale_artefact,
    shown.stale_reason_vi,
    shown.stale_reason_en,
    shown.held_result_key,
    shown.held_target_key,
    -- target, result and hold in one sentence of each language
    'Mục tiêu '
    || {{ qualifier_words('shown.qualifier', 'vi') }}
    || coalesce({{ number_text('shown.value', 'vi') }}, '(không có số)')
    || coalesce('–' || {{ number_text('shown.value_high', 'vi') }}, '')
    || case when shown.value is not null then {{ unit_words('shown.unit', 'vi') }} else '' end
    || coalesce(' từ ' || {{ day_text('shown.due_from') }}, '')
    || coalesce(' đến ' || {{ day_text('shown.due_on') }}, '')
    || '. '
    || case
        when shown.status = 'not_measurable'
            then coalesce('Mục tiêu bị giữ lại: ' || shown.held_target_reason_vi, 'Không đo được')
        when shown.result_value is null then 'Chưa có số liệu'
        else
            'Kết quả '
            || {{ qualifier_words('shown.result_qualifier', 'vi') }}
            || {{ number_text('shown.result_value', 'vi') }} || {{ unit_words('shown.unit', 'vi') }}
            || ' đến ' || {{ day_text('shown.result_period_end') }}
            || case
                when shown.results_used > 1 then ' (cộng ' || cast(shown.results_used as string) || ' số liệu)' else ''
            end
            || case when shown.is_compared then '' else ', chưa đủ để kết luận' end
    end
    || coalesce('. Kết quả lẽ ra được dùng đang bị giữ lại: ' || shown.held_result_reason_vi, '')
    || case
        when shown.status = 'not_measurable' then ''
        else coalesce('. Mục tiêu công bố sau đó đang bị giữ lại: ' || shown.held_target_reason_vi, '')
    end
    || '.' as evidence_vi,
    'Target '
    || {{ qualifier_words('shown.qualifier', 'en') }}
    || coalesce({{ number_text('shown.value', 'en') }}, '(no number)')
    || coalesce('–' || {{ number_text('shown.value_high', 'en') }}, '')
    || case when shown.value is not null then {{ unit_words('shown.unit', 'en') }} else '' end
    || coalesce(' from ' || cast(shown.due_from as string), '')
    || coalesce(' to ' || cast(shown.due_on as string), '')
    || '. '
    || case
        when shown.status = 'not_measurable'
            then coalesce('The target is held: ' || shown.held_target_reason_en, 'Not measurable')
        when shown.result_value is null then 'No data yet'
        else
            'Result '
            || {{ qualifier_words('shown.result_qualifier', 'en') }}
            || {{ number_text('shown.result_value', 'en') }} || {{ unit_words('shown.unit', 'en') }}
            || ' by ' || cast(shown.result_period_end as string)
            || case
                when shown.results_used > 1
                    then ' (sum of ' || cast(shown.results_used as string) || ' results)'
                else ''
            end
            || case when shown.is_compared then '' else ', which does not reach the end of the period' end
    end
    || coalesce('. The result that would be used is held: ' || shown.held_result_reason_en, '')
    || case
        when shown.status = 'not_measurable' then ''
        else coalesce('. A later promise is held: ' || shown.held_target_reason_en, '')
    end
    || '.' as evidence_en
from shown
