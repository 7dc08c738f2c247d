-- One row is one day from 2008-08-01, when the 63 provinces took their form, to the end of 2050.
with thousand as (
    {{ offsets(125) }}
),

day_number as (

    select cast(high.n * 125 + low.n as integer) as n
    from thousand as high
    cross join thousand as low

),

day as (

    select {{ day_after("date '2008-08-01'", 'day_number.n') }} as date_day
    from day_number

)

select
    date_day,
    {{ year_of('date_day') }} as year,
    cast(extract(month from date_day) as integer) as month,
    case when extract(month from date_day) <= 6 then 1 else 2 end as half_year,
    -- the data year of Circular 09/2024 runs from 15 December to 14 December
    {{ year_of('date_day') }}
    + case when extract(month from date_day) = 12 and extract(day from date_day) >= 15 then 1 else 0 end as data_year
from day
where date_day <= date '2050-12-31'
