#include "troupe/actors/pool_scheduler.hpp"

#include "troupe/actors/never_blocks.hpp"
#include "troupe/actors/pool_clock.hpp"
#include "troupe/transports/io/worker_pool.hpp"

#if TROUPE_CAF_0_17
#include <caf/execution_unit.hpp>
#include <caf/logger.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#endif

#include <vector>

namespace troupe {

#if TROUPE_CAF_0_17

namespace {

class pool_scheduler : public caf::scheduler::abstract_coordinator,
                       private worker_pool::executor {
public:
  using super = caf::scheduler::abstract_coordinator;

  explicit pool_scheduler(caf::actor_system& system) : super(system) {
    // nop
  }

  static caf::actor_system::module* make(caf::actor_system& system,
                                         caf::detail::type_list<>) {
    return new pool_scheduler{system};
  }

  const std::shared_ptr<worker_pool>& pool() const {
    return pool_;
  }

  void init(caf::actor_system_config& config) override {
    super::init(config);
    pool_ = std::make_shared<worker_pool>(
      static_cast<worker_pool::executor&>(*this), num_workers());
    clock_ = std::make_unique<pool_clock>(pool_->context());
    for (size_t i = 0; i < pool_->seats(); ++i)
      units_.push_back(std::make_unique<unit>(*this));
  }

  void start() override {
    pool_->start();
    super::start();
  }

  void stop() override {
    stop_actors();
    pool_->stop();
    clock_->cancel_all();
  }

  void enqueue(caf::resumable* x) override {
    pool_->schedule(x);
  }

  caf::actor_clock& clock() noexcept override {
    return *clock_;
  }

private:
  struct unit : caf::execution_unit {
    explicit unit(pool_scheduler& x)
      : caf::execution_unit(&x.system()), pool(*x.pool_) {
      // nop
    }
    void exec_later(caf::resumable* x) override {
      pool.schedule(x);
    }
    worker_pool& pool;
  };

  void thread_begins() override {
    CAF_SET_LOGGER_SYS(&system());
    system().thread_started();
  }

  void thread_ends() override {
    system().thread_terminates();
  }

  /// One message: an actor that gets the next one while it works on this must
  /// not keep out the others.
  bool run(void* task, size_t seat) override {
    auto x = static_cast<caf::resumable*>(task);
    auto result = x->resume(units_[seat].get(), 1);
    if (result == caf::resumable::resume_later)
      return true;
    if (result != caf::resumable::shutdown_execution_unit)
      caf::intrusive_ptr_release(x);
    return false;
  }

  bool may_block(void* task) override {
    auto x = dynamic_cast<never_blocks*>(static_cast<caf::resumable*>(task));
    return x == nullptr;
  }

  void drop(void* task) override {
    cleanup_and_release(static_cast<caf::resumable*>(task));
  }

  std::shared_ptr<worker_pool> pool_;
  std::unique_ptr<pool_clock> clock_;
  std::vector<std::unique_ptr<unit>> units_;
};

} // namespace

void configure_pool(caf::actor_system_config& config, size_t threads) {
  configure_scheduler(config, threads);
  config.load<pool_scheduler>();
}

std::shared_ptr<worker_pool> pool_of(caf::actor_system& system) {
  auto x = dynamic_cast<pool_scheduler*>(&system.scheduler());
  return x == nullptr ? nullptr : x->pool();
}

#else

void configure_pool(caf::actor_system_config& config, size_t threads) {
  configure_scheduler(config, threads);
}

std::shared_ptr<worker_pool> pool_of(caf::actor_system&) {
  return nullptr;
}

#endif

} // namespace troupe
