-- One row is one commune, or one district as they were until 2025-06-30, of one province, as records name it.
with mention as (

    select * from {{ ref('int_commune_mention') }}

),

-- The spelling that most records use stands for the place; of equals the longer one, which says what it is.
place as (

    select
        commune_key,
        case when commune is null then 'district' else 'commune' end as place_level,
        province_key,
        districts_existed,
        case when commune is not null then district_key end as district_key,
        coalesce(commune, district) as name,
        records,
        first_seen_on,
        last_seen_on
    from mention
    where commune_key is not null
    union all
    -- a district is also named by the records of its communes
    select
        district_key as commune_key,
        'district' as place_level,
        province_key,
        districts_existed,
        cast(null as string) as district_key,
        district as name,
        records,
        first_seen_on,
        last_seen_on
    from mention
    where district_key is not null and district is not null and commune is not null

),

spelling as (

    select
        commune_key,
        place_level,
        province_key,
        districts_existed,
        name,
        max(district_key) as district_key,
        sum(records) as records,
        min(first_seen_on) as first_seen_on,
        max(last_seen_on) as last_seen_on
    from place
    group by commune_key, place_level, province_key, districts_existed, name

),

ranked as (

    select
        spelling.*,
        row_number() over (partition by commune_key order by records desc, length(name) desc, name asc) as choice
    from spelling

)

select
    commune_key,
    min(place_level) as place_level,
    min(province_key) as province_key,
    max(district_key) as district_key,
    max(case when choice = 1 then name end) as name,
    {{ joined('name', '; ', 'choice') }} as spellings,
    case when max(case when districts_existed then 1 else 0 end) = 1 then date '2025-06-30' end as valid_to,
    min(first_seen_on) as first_seen_on,
    max(last_seen_on) as last_seen_on,
    cast(sum(records) as bigint) as records
from ranked
group by commune_key
