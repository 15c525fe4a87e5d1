-- How the published dataset differs from the peer's hours. Variables: ours, peer (Parquet files).
select
    count(*) as hours,
    count(*) filter (peer.time is null) as only_ours,
    count(*) filter (ours.time is null) as only_peer,
    count(*) filter (ours.n <> peer.n) as other_n,
    coalesce(max(abs(ours.data_value - peer.data_value)), 0) as largest_difference
from read_parquet(getvariable('ours')) as ours
full join read_parquet(getvariable('peer')) as peer using (time, location, source, data_key);
