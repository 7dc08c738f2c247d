-- One row is one delivered register and calendar year, with the cooperatives that it says were founded in it.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_old(ref('int_delivery'), 'delivery_version') }}"
) }}
select
    artefact,
    delivery_version,
    province_key,
    period_end,
    {{ year_of('founded_on') }} as founding_year,
    count(*) as n_all,
    count(case when sector = 'agriculture' then 1 end) as n_agricultural
from {{ ref('int_cooperative_status') }}
where
    -- one that was dissolved since was founded all the same
    kind = 'cooperative'
    and founded_on <= period_end
    and delivery_version in (
        select missing.delivery_version from {{ missing_deliveries('cooperative_status') }} as missing
    )
group by artefact, delivery_version, province_key, period_end, {{ year_of('founded_on') }}
