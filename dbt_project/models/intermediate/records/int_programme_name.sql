-- One row is one way to write a programme's name; a name shared by two programmes resolves to neither.
with aliases as (

    {{ unnested(ref('int_programme'), ['programme'], 'aliases', 'name') }}

),

names as (

    select
        programme,
        {{ match_key('name') }} as name_key
    from aliases
    union
    select
        programme,
        {{ match_key('name_vi') }} as name_key
    from {{ ref('int_programme') }}
    union
    select
        programme,
        {{ match_key('name_en') }} as name_key
    from {{ ref('int_programme') }}
    union
    select
        programme,
        {{ match_key('programme') }} as name_key
    from {{ ref('int_programme') }}

)

select
    name_key,
    min(programme) as programme
from names
where name_key is not null
group by name_key
having count(distinct programme) = 1
