-- One row is a part and its whole as one document counts them for the same province, scope, programme and day.
with claim as (

    select * from {{ ref('int_kpi_result_candidates') }}
    where province_key is not null and value is not null

)

select
    part.result_key,
    part.kpi_cell,
    part.value as part_value,
    whole.value as whole_value,
    whole.result_key as whole_key,
    pair.why_vi,
    pair.why_en
from {{ ref('indicator_part') }} as pair
inner join claim as part on pair.part = part.indicator
inner join claim as whole
    on
        pair.whole = whole.indicator
        and part.artefact = whole.artefact
        and part.origin = whole.origin
        and part.province_key = whole.province_key
        and part.scope_key = whole.scope_key
        and part.period_end = whole.period_end
