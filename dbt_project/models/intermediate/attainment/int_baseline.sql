-- One row is one answered level target with the level from which its way began: the last one reported before the
-- period, of the same series as the answer.
with earlier as (

    select
        answer.attainment_key,
        result.result_key,
        result.value,
        row_number() over (
            partition by answer.attainment_key
            order by result.reporting_end desc, result.known_on desc, result.result_key asc
        ) as choice
    from {{ ref('int_answer_level') }} as answer
    inner join {{ ref('int_target_period') }} as target on answer.attainment_key = target.attainment_key
    inner join {{ ref('int_kpi_result') }} as result
        on
            {{ may_answer('target', 'result') }}
            and answer.result_origin = result.origin
            and answer.result_source_system = result.source_system
            and coalesce(answer.result_programme, '-') = coalesce(result.programme, '-')
            and target.due_from > result.reporting_end
    where target.basis in ('level_at_end', 'level_per_year') and not result.is_held and result.value is not null

)

select
    attainment_key,
    result_key as baseline_result_key,
    value as baseline_value
from earlier
where choice = 1
