{#
    How a table is kept up to date night by night. Each of its rows carries the version of the delivery that it was made
    of (int_delivery). A table compares itself with what should be there and never with what happened last night: rows of
    a version that is no more are taken out, versions that it does not have are added. So it is right after any number of
    nights, in any order of arrival, and after a night that was killed.
#}

{# Before anything is added: take out what was withdrawn, re-read, or read in another light since. #}
{% macro forget_old(versions, column) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ column }} not in (select {{ column }} from {{ versions }})
    {%- endif -%}
{%- endmacro %}

{# Take out rows whose version is no more once they are a quarter of the table. #}
{% macro forget_many(versions, column) -%}
    {%- if execute and is_incremental() -%}
        {%- set gone = column ~ ' not in (select ' ~ column ~ ' from ' ~ versions ~ ')' -%}
        {%- set shares = run_query('select count(*), count(case when ' ~ gone ~ ' then 1 end) from ' ~ this) -%}
        {%- if shares.rows[0][1] * 4 > shares.rows[0][0] -%} delete from {{ this }} where {{ gone }} {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Deliveries of one record type that this table does not have, as a relation to select from. #}
{% macro missing_deliveries(record_type) -%}
    (
        select
            artefact,
            delivery_version
        from {{ ref('int_delivery') }}
        where
            record_type = '{{ record_type }}'
            {%- if is_incremental() %}
            and delivery_version not in (select delivery_version from {{ this }})
            {%- endif %}
    )
{%- endmacro %}

{# The same as a condition on a record's file, spelled out where they are few: the others are then not even opened. #}
{% macro is_of_missing_delivery(record, record_type) -%}
    {{ is_in_file_of(record, record_type, "select artefact from " ~ missing_deliveries(record_type) ~ " as missing") }}
{%- endmacro %}

{#
    The same for what is kept by reading (int_reading), which asks nothing of provinces and programmes: readings that this
    table has no rows of. Most documents have no rows of most types, so it is the files that are asked,
    not the readings.
#}
{% macro missing_readings(record_type, type_column=none) -%}
    {%- set files = ref('stg_lake_file') -%}  {# outside the condition, else dbt does not see it #}
    (
        select
            reading.artefact,
            reading.reading_version
        from {{ ref('int_reading') }} as reading
        {%- if is_incremental() %}
        where
            reading.reading_version not in (
                select made.reading_version from {{ this }} as made
                {%- if type_column %} where made.{{ type_column }} = '{{ record_type }}' {%- endif %}
            )
            and '{{ lake_folder(record_type) }}/' || reading.artefact || '.parquet' in (
                select file.lake_file from {{ files }} as file where file.record_type = '{{ record_type }}'
            )
        {%- endif %}
    )
{%- endmacro %}

{% macro is_of_missing_reading(record, record_type, type_column=none) -%}
    {{ is_in_file_of(
        record, record_type, "select artefact from " ~ missing_readings(record_type, type_column) ~ " as missing"
    ) }}
{%- endmacro %}

{% macro is_in_file_of(record, record_type, artefacts) -%}
    {%- set few = 1000 -%}
    {%- set wanted = [] -%}
    {%- if execute and is_incremental() -%}
        {%- set wanted = run_query(
            "select distinct artefact from (" ~ artefacts ~ ") as wanted order by artefact limit " ~ (few + 1)
        ).columns[0].values() -%}
    {%- endif -%}
    {%- if not is_incremental() or wanted | length > few -%}
        true
    {%- elif wanted | length == 0 -%}
        {{ record }}.lake_file in ('')
    {%- else -%}
        {{ record }}.lake_file in (
        {%- for artefact in wanted -%}
            '{{ lake_folder(record_type) }}/{{ artefact }}.parquet'{{ ', ' if not loop.last }}
        {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}

{% macro lake_folder(record_type) -%}
    {{ env_var('HTX_LAKE', '../var/lake') }}/{{ record_type }}
{%- endmacro %}

{#
    What is one small file per document: to look at thousands of files costs little, to open them much. The stamp of a
    file is another one once it was written again.
#}
{% macro lake_files(record_type) %}{{ return(adapter.dispatch('lake_files')(record_type)) }}{% endmacro %}
{% macro default__lake_files(record_type) -%}
    (
        select distinct
            input_file_name() as lake_file,
            concat_ws('@', input_file_name(), _metadata.file_size, _metadata.file_modification_time) as file_stamp
        from {{ source('lake', record_type) }}
    )
{%- endmacro %}
{% macro duckdb__lake_files(record_type) -%}
    (
        select
            filename as lake_file,
            concat_ws('@', parse_filename(filename), size, epoch_us(last_modified)) as file_stamp
        from read_blob('{{ lake_folder(record_type) }}/*.parquet')
    )
{%- endmacro %}

{# A condition on a record and its file (stg_lake_file): this table has not read it as it is now. #}
{% macro is_of_unread_file(record, file, record_type) -%}
    {%- set few = 1000 -%}
    {%- set unread = [] -%}
    {%- if execute and is_incremental() -%}
        {%- set unread = run_query(
            "select lake_file from " ~ ref('stg_lake_file') ~ " where record_type = '" ~ record_type
            ~ "' and file_stamp not in (select file_stamp from " ~ this ~ ") order by lake_file limit " ~ (few + 1)
        ).columns[0].values() -%}
    {%- endif -%}
    {%- if not is_incremental() -%}
        true
    {%- elif unread | length > few -%}
        {{ file }}.file_stamp not in (select made.file_stamp from {{ this }} as made)
    {%- else -%}
        {{ record }}.filename in (''{% for name in unread %}, '{{ name | replace("'", "''") }}'{% endfor %})
    {%- endif -%}
{%- endmacro %}
