-- One row is one way in which records name a commune or former district of a province, before or after districts
-- ended on 2025-07-01, with the place it means. The rules, within one province and one side of that day:
--   same_name       the same name of the same sort ("Xã Tân Hòa", "X. Tân Hoà") and the same district where it has one
--   only_one        written without the word for what it is, or without its district: the only place of that name
--   several         the name fits several places: it is none of them and goes to review
-- Nothing is carried over the end of districts: almost every one of them falls into several of the new communes.
with record as (

    select
        mention_no,
        province_key,
        period_end,
        district,
        commune
    from {{ ref('int_cooperative_status') }}
    union all
    select
        {{ commune_mention_no('support') }} as mention_no,
        province_key,
        period_end,
        district,
        commune
    from {{ ref('int_support') }} as support

),

-- whatever else is asked of a mention is the same in all its records
counted as (

    select
        mention_no,
        any_value(province_key) as province_key,
        any_value({{ districts_existed('period_end') }}) as districts_existed,
        any_value(district) as district,
        any_value(commune) as commune,
        count(*) as records,
        min(period_end) as first_seen_on,
        max(period_end) as last_seen_on
    from record
    where province_key is not null and (district is not null or commune is not null)
    group by mention_no

),

mention as (

    select
        counted.*,
        {{ key_of(['province_key', '(districts_existed)', 'district', 'commune']) }} as mention_key
    from counted

),

named as (

    select
        mention.*,
        {{ bare_place('district') }} as district_name,
        {{ place_type('district') }} as district_type,
        {{ bare_place('commune') }} as commune_name,
        {{ place_type('commune') }} as commune_type
    from mention

),

district as (

    select
        province_key,
        district_name,
        count(distinct district_type) as types,
        min(district_type) as only_type
    from named
    where districts_existed and district_name is not null
    group by province_key, district_name

),

in_district as (

    select
        named.*,
        case
            when not named.districts_existed or named.district_name is null then null
            when named.district_type is null and district.types > 1 then null
            else
                {{ key_of([
                    "'district'", 'named.province_key', 'named.district_name',
                    'coalesce(named.district_type, district.only_type)'
                ]) }}
        end as district_key,
        named.districts_existed and named.district_type is null and coalesce(district.types > 1, false)
            as is_several_districts
    from named
    left join district
        on
            named.province_key = district.province_key
            and named.district_name = district.district_name

),

commune as (

    select
        province_key,
        districts_existed,
        district_key,
        commune_name,
        count(distinct commune_type) as types,
        min(commune_type) as only_type
    from in_district
    where commune_name is not null and not is_several_districts
    group by province_key, districts_existed, district_key, commune_name

),

-- A commune's own sort of name is known where any record of it has written it.
placed as (

    select
        in_district.*,
        in_district.commune_type is null and coalesce(commune.types > 1, false) as is_several_types,
        coalesce(in_district.commune_type, commune.only_type) as type_known
    from in_district
    left join commune
        on
            in_district.province_key = commune.province_key
            and in_district.districts_existed = commune.districts_existed
            and in_district.district_key is not distinct from commune.district_key
            and in_district.commune_name = commune.commune_name

),

identified as (

    select
        placed.*,
        case
            when not is_several_types and not is_several_districts and commune_name is not null
                then
                    {{ key_of([
                        "'commune'", 'province_key', '(districts_existed)', 'district_key', 'commune_name', 'type_known'
                    ]) }}
        end as own_key
    from placed

),

-- Before districts ended, a commune without its district: who of that name is known with one?
of_a_district as (

    select
        province_key,
        commune_name,
        count(distinct own_key) as communes,
        min(own_key) as only_key,
        count(distinct type_known) as types,
        min(type_known) as only_type,
        min(district_key) as only_district_key
    from identified
    where districts_existed and district_key is not null and own_key is not null
    group by province_key, commune_name

),

resolved as (

    select
        identified.*,
        of_a_district.communes,
        of_a_district.only_key,
        of_a_district.only_district_key,
        identified.districts_existed
        and identified.district_name is null
        and coalesce(of_a_district.communes >= 1, false)
        and (
            identified.commune_type is null
            or of_a_district.types = 0
            or (of_a_district.types = 1 and of_a_district.only_type = identified.commune_type)
            or of_a_district.types > 1
        ) as looks_for_district
    from identified
    left join of_a_district
        on
            identified.province_key = of_a_district.province_key
            and identified.commune_name = of_a_district.commune_name

)

select
    mention_key,
    mention_no,
    province_key,
    districts_existed,
    district,
    commune,
    records,
    first_seen_on,
    last_seen_on,
    case
        when looks_for_district and communes = 1 then only_district_key
        else district_key
    end as district_key,
    case
        when is_several_districts or is_several_types then null
        when looks_for_district then case when communes = 1 then only_key end
        when commune_name is null then district_key
        else own_key
    end as commune_key,
    case
        when is_several_districts or is_several_types or (looks_for_district and communes > 1) then 'several'
        when looks_for_district then 'only_one'
        when commune_name is not null and commune_type is null and type_known is not null then 'only_one'
        else 'same_name'
    end as resolution,
    -- a district named on a day when there are none
    not districts_existed and district is not null as names_ended_district
from resolved
