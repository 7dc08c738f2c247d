-- One row is one claim about a growth that counts for nothing: of the pairs of levels that a growth can be computed
-- from the newest counts and, where that one is held, the newest accepted one.
with accepted as (

    select
        growth.growth_key,
        min(growth.place) as place
    from {{ ref('int_result_from_growth') }} as growth
    left join {{ ref('int_kpi_hold') }} as hold on growth.result_key = hold.subject_key
    where hold.subject_key is null
    group by growth.growth_key

)

select growth.result_key
from {{ ref('int_result_from_growth') }} as growth
left join accepted on growth.growth_key = accepted.growth_key
where growth.place > 1 and growth.place is distinct from accepted.place
