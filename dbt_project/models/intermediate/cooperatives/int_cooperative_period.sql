-- One row is one organisation at one reporting date, as the newest delivery tells it.
{{ config(materialized='view') }}
select * from {{ ref('int_cooperative_status') }}
where is_newest
