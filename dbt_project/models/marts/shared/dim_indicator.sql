-- One row is one indicator: what is measured, in which unit, and how it may be added up.
select
    indicator.code as indicator,
    indicator.domain,
    indicator.unit,
    indicator.measure,
    indicator.additive = 'yes' as additive,
    indicator.direction,
    indicator.name_vi,
    indicator.name_en,
    plausibility.plausible_low,
    plausibility.plausible_high
from {{ ref('indicators') }} as indicator
left join {{ ref('indicator_plausibility') }} as plausibility on indicator.code = plausibility.indicator
