-- One row is one way to name a place below a province that a person should look at: it fits several places, or it names
-- a district on a day when there are none.
select
    mention.mention_key,
    mention.province_key,
    mention.district,
    mention.commune,
    case when mention.resolution = 'several' then 'several_of_that_name' else 'district_has_ended' end as undecided,
    mention.first_seen_on,
    mention.last_seen_on,
    cast(mention.records as bigint) as records
from {{ ref('int_commune_mention') }} as mention
where mention.resolution = 'several' or mention.names_ended_district
