// Tests of one class share a runtime and its clock; classes take turns because a silo wants the whole machine to start.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
