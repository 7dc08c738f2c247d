-- One row is one candidate that the KPI gate holds: because of itself, or because it is computed from a held one.
with verdict as (

    select
        subject_key,
        expectation,
        reason_vi,
        reason_en
    from {{ source('gates', 'kpi_verdicts') }}
    where effect = 'hold cell'

),

derived as (

    select
        result_key as subject_key,
        input_keys
    from {{ ref('int_kpi_result_candidates') }}
    where input_keys is not null
    union all
    select
        target_key as subject_key,
        input_keys
    from {{ ref('int_kpi_target_candidates') }}
    where input_keys is not null

),

held as (

    select * from verdict
    union
    select
        derived.subject_key,
        verdict.expectation,
        verdict.reason_vi,
        verdict.reason_en
    from derived
    inner join verdict on derived.input_keys like ('%' || verdict.subject_key || '%')

)

select
    subject_key,
    {{ joined('expectation', '; ', 'expectation') }} as held_by,
    {{ joined('reason_vi', '; ', 'expectation') }} as held_reason_vi,
    {{ joined('reason_en', '; ', 'expectation') }} as held_reason_en
from held
group by subject_key
