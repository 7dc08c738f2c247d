-- One row is one sheet of a delivered register and one scope, with everything that is counted in it.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_old(ref('int_delivery'), 'delivery_version') }}"
) }}
{% set needed = [
    'status', 'members', 'workers', 'charter_capital_vnd', 'rating', 'linked', 'high_tech', 'gap_certified',
    'ocop_stars', 'founded_on', 'sector'
] %}
with register_row as (

    select * from {{ ref('int_cooperative_status') }}
    where
        kind = 'cooperative'
        and coalesce(status, '') <> 'dissolved'
        and delivery_version in (
            select missing.delivery_version from {{ missing_deliveries('cooperative_status') }} as missing
        )

),

scoped as (

    select
        register_row.*,
        'all' as scope
    from register_row
    union all
    select
        register_row.*,
        'agricultural' as scope
    from register_row
    where sector = 'agriculture'

)

select
    artefact,
    delivery_version,
    sheet,
    scope,
    province_key,
    territory_key,
    period_end,
    min(file) as file,
    min(published_on) as published_on,
    min(known_on) as known_on,
    min(report_province) as report_province,
    {{ cells_spanned('cells') }} as cells,
    {% for field in needed %}
    min(case when fields like '%,{{ field }},%' then 1 else 0 end) as has_{{ field }},
    {% endfor %}
    count(*) as n_all,
    count(case when status = 'active' then 1 end) as n_active,
    count(case when status in ('suspended', 'dissolving') then 1 end) as n_inactive,
    count(members) as n_members,
    sum(cast(members as decimal(22, 4))) as members,
    count(workers) as n_workers,
    sum(cast(workers as decimal(22, 4))) as workers,
    count(charter_capital_vnd) as n_capital,
    sum(cast(charter_capital_vnd as decimal(22, 4))) as capital,
    count(case when rating in ('good', 'fair') then 1 end) as n_good,
    count(case when rating = 'weak' then 1 end) as n_weak,
    count(case when rating <> 'unrated' then 1 end) as n_rated,
    -- a mark that is left blank means "no"
    count(case when linked then 1 end) as n_linked,
    count(case when high_tech then 1 end) as n_high_tech,
    count(case when gap_certified then 1 end) as n_gap,
    count(case when ocop_stars >= 3 then 1 end) as n_ocop,
    count(founded_on) as n_founded
from scoped
where period_end is not null and province_key is not null
group by artefact, delivery_version, sheet, scope, province_key, territory_key, period_end
