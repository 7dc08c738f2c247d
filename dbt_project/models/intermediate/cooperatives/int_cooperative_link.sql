-- One row is one way to name an organisation, the organisation it stands for, and the rule that says so. The rules in
-- their order, for one kind of organisation:
--   tax_code         the same tax code is the same organisation, however it is spelled
--   registration_no  without a tax code: the registration number that one organisation of today's province bears
--   name_commune     without either: the name and commune that one organisation of today's province bears
--   name             without a commune too: the name that one organisation of the province bears, as it was then; for
--                    today's province also of its predecessors
--   alone            none of these: an organisation of its own
-- What fits several organisations is not guessed: it stays alone and goes to review.
-- No rule looks beyond a province of today, so a province is asked again when something in it has changed.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_old(ref('int_cooperative_province'), 'link_version') }}"
) }}
with province as (

    select * from {{ ref('int_cooperative_province') }}
    where {{ is_lacking('link_version') }}

),

identity as (

    select distinct
        written.identity_key,
        written.kind,
        written.current_province_key,
        written.territory_key,
        written.name_key,
        written.tax_key,
        written.registration_key,
        written.commune_key
    from {{ ref('int_cooperative_identity') }} as written
    inner join province on written.current_province_key = province.current_province_key

),

registration as (

    select
        kind,
        current_province_key,
        registration_key,
        min(tax_key) as tax_key,
        count(distinct tax_key) as tax_keys
    from identity
    where registration_key is not null
    group by kind, current_province_key, registration_key

),

numbered as (

    select
        identity.*,
        coalesce(registration.tax_keys, 0) as tax_keys_of_registration,
        case
            when identity.tax_key is not null then 'tax_code'
            when identity.registration_key is not null and registration.tax_keys <= 1 then 'registration_no'
        end as number_rule,
        case
            when identity.tax_key is not null then 'tax:' || identity.tax_key
            when registration.tax_keys = 1 then 'tax:' || registration.tax_key
            when registration.tax_keys = 0
                then 'reg:' || identity.current_province_key || ':' || identity.registration_key
        end as number_key
    from identity
    left join registration
        on
            identity.kind = registration.kind
            and identity.current_province_key = registration.current_province_key
            and identity.registration_key = registration.registration_key

),

commune as (

    select
        kind,
        current_province_key,
        name_key,
        commune_key,
        min(number_key) as number_key,
        count(distinct number_key) as organisations
    from numbered
    where number_key is not null and commune_key is not null
    group by kind, current_province_key, name_key, commune_key

),

-- Who has a number or a commune.
placed as (

    select
        numbered.*,
        case
            when numbered.number_key is not null then numbered.number_rule
            when commune.organisations = 1 then 'name_commune'
            else 'alone'
        end as rule,
        case
            when numbered.number_key is not null then numbered.number_key
            when commune.organisations = 1 then commune.number_key
            else
                'name:' || numbered.current_province_key || ':' || numbered.name_key || ':' || numbered.commune_key
        end as organisation,
        case
            when numbered.number_key is not null then null
            when numbered.tax_keys_of_registration > 1 then 'several_tax_codes'
            when commune.organisations > 1 then 'several_of_that_name_in_commune'
        end as undecided
    from numbered
    left join commune
        on
            numbered.kind = commune.kind
            and numbered.current_province_key = commune.current_province_key
            and numbered.name_key = commune.name_key
            and numbered.commune_key = commune.commune_key
    where numbered.number_key is not null or numbered.commune_key is not null

),

in_territory as (

    select
        kind,
        territory_key,
        name_key,
        min(organisation) as organisation,
        count(distinct organisation) as organisations
    from placed
    group by kind, territory_key, name_key

),

-- Who has nothing but a name: within the province as it was then.
named_then as (

    select
        numbered.*,
        case when in_territory.organisations = 1 then 'name' else 'alone' end as rule,
        case
            when in_territory.organisations = 1 then in_territory.organisation
            else 'name:' || numbered.territory_key || ':' || numbered.name_key
        end as organisation,
        case when in_territory.organisations > 1 then 'several_of_that_name_in_province' end as undecided,
        coalesce(in_territory.organisations, 0) as found
    from numbered
    left join in_territory
        on
            numbered.kind = in_territory.kind
            and numbered.territory_key = in_territory.territory_key
            and numbered.name_key = in_territory.name_key
    where numbered.number_key is null and numbered.commune_key is null

),

form as (

    select
        territory_key,
        max(case when is_current then 1 else 0 end) = 1 as is_todays
    from {{ ref('dim_province') }}
    group by territory_key

),

known_before as (

    select
        placed.kind,
        placed.current_province_key,
        placed.name_key,
        placed.organisation
    from placed
    inner join form on placed.territory_key = form.territory_key
    where not form.is_todays
    union all
    select
        named_then.kind,
        named_then.current_province_key,
        named_then.name_key,
        named_then.organisation
    from named_then
    inner join form on named_then.territory_key = form.territory_key
    where not form.is_todays

),

in_predecessors as (

    select
        kind,
        current_province_key,
        name_key,
        min(organisation) as organisation,
        count(distinct organisation) as organisations
    from known_before
    group by kind, current_province_key, name_key

),

-- Who has nothing but a name, and nobody bears it in the province: the predecessors of today's province.
named as (

    select
        named_then.*,
        named_then.found = 0 and in_predecessors.organisations is not null and form.is_todays as looks_back,
        in_predecessors.organisation as organisation_before,
        in_predecessors.organisations as organisations_before
    from named_then
    left join form on named_then.territory_key = form.territory_key
    left join in_predecessors
        on
            named_then.kind = in_predecessors.kind
            and named_then.current_province_key = in_predecessors.current_province_key
            and named_then.name_key = in_predecessors.name_key

),

decided as (

    select
        identity_key,
        kind,
        current_province_key,
        rule,
        organisation,
        undecided
    from placed
    union all
    select
        identity_key,
        kind,
        current_province_key,
        case when looks_back and organisations_before = 1 then 'name' else rule end as rule,
        case when looks_back and organisations_before = 1 then organisation_before else organisation end
            as organisation,
        case
            when looks_back and organisations_before > 1 then 'several_of_that_name_in_predecessors'
            else undecided
        end as undecided
    from named

)

select
    decided.identity_key,
    {{ key_of(["'cooperative'", 'decided.kind', 'decided.organisation']) }} as cooperative_key,
    {{ number_of(["'cooperative'", 'decided.kind', 'decided.organisation']) }} as cooperative_no,
    decided.rule,
    decided.undecided,
    province.link_version
from decided
inner join province on decided.current_province_key = province.current_province_key
