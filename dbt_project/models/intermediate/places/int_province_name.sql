-- One row is one way to write one form of a province, and the days on which that name means it.
with province as (

    select * from {{ ref('int_province') }}

),

names as (

    select
        province_key,
        territory_key,
        {{ place_key('name_vi') }} as name_key,
        valid_from,
        valid_to
    from province
    union
    select
        province_key,
        territory_key,
        {{ place_key('short_name') }} as name_key,
        valid_from,
        valid_to
    from province
    union
    select
        province.province_key,
        province.territory_key,
        {{ place_key('alias.alias') }} as name_key,
        greatest(province.valid_from, alias.valid_from) as valid_from,
        least(coalesce(province.valid_to, alias.valid_to), coalesce(alias.valid_to, province.valid_to)) as valid_to
    from province
    inner join {{ ref('province_alias') }} as alias
        on
            province.code = alias.code
            and province.valid_from <= coalesce(alias.valid_to, date '9999-12-31')
            and alias.valid_from <= coalesce(province.valid_to, date '9999-12-31')

)

select
    name_key,
    province_key,
    territory_key,
    valid_from,
    valid_to
from names
