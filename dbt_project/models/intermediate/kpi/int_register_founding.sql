-- One row is one delivered register, scope and calendar year, with the cooperatives founded in it: none is a count too.
with year_back as (
    {{ offsets(var('founding_years_counted')) }}
),

delivery_year as (

    select
        delivery.artefact,
        delivery.scope,
        delivery.province_key,
        delivery.period_end,
        {{ year_of('delivery.period_end') }} - year_back.n as founding_year
    from {{ ref('int_register_delivery') }} as delivery
    cross join year_back
    where delivery.has_founded_on = 1

),

founded as (

    select * from {{ ref('int_register_founded') }}

)

select
    delivery_year.artefact,
    delivery_year.scope,
    delivery_year.province_key,
    delivery_year.period_end,
    delivery_year.founding_year,
    {{ date_of('delivery_year.founding_year', 1, 1) }} as period_start,
    coalesce(case when delivery_year.scope = 'all' then founded.n_all else founded.n_agricultural end, 0) as founded
from delivery_year
left join founded
    on
        delivery_year.artefact = founded.artefact
        and delivery_year.province_key = founded.province_key
        and delivery_year.period_end = founded.period_end
        and delivery_year.founding_year = founded.founding_year
