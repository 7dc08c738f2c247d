-- One row is the quotient of two results of one document for the same province, scope, programme and period.
with claim as (

    select * from {{ ref('int_kpi_result_candidates') }}
    where province_key is not null and value is not null

)

select
    top.result_key,
    top.kpi_cell,
    cast(top.value / bottom.value as decimal(22, 4)) as ratio,
    pair.plausible_low,
    pair.plausible_high,
    bottom.result_key as denominator_key,
    pair.why_vi,
    pair.why_en
from {{ ref('indicator_ratio') }} as pair
inner join claim as top on pair.numerator = top.indicator
inner join claim as bottom
    on
        pair.denominator = bottom.indicator
        and top.artefact = bottom.artefact
        and top.origin = bottom.origin
        and top.province_key = bottom.province_key
        and top.scope_key = bottom.scope_key
        and top.period_end = bottom.period_end
        and top.period_start is not distinct from bottom.period_start
where bottom.value > 0
